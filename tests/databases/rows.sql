CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE store (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name citext NOT NULL UNIQUE
);
CREATE SEQUENCE bills START 1000;
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    store bigint NOT NULL REFERENCES store,
    bill bigint NOT NULL DEFAULT nextval('bills'),
    placed timestamptz NOT NULL,
    price numeric(12, 2) CHECK (price >= 0),
    note text,
    tags hstore
);
INSERT INTO store (name) SELECT 'store ' || i FROM generate_series(1, 100) AS i;
INSERT INTO orders (store, placed, price, note, tags)
    SELECT 1 + i % 100, timestamptz '2026-01-01' + i * interval '1 minute', i * 1.25,
           md5(i::text), hstore('number', i::text)
    FROM generate_series(1, :count) AS i;
CREATE INDEX ON orders (placed);
CREATE VIEW takings AS SELECT store, sum(price) AS total FROM orders GROUP BY store;
CREATE FUNCTION discount(price numeric) RETURNS numeric LANGUAGE sql AS 'SELECT price * 0.9';
