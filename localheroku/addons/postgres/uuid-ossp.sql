-- The functions of the extension uuid-ossp 1.1, without the library libossp-uuid, which few
-- machines have.  https://www.postgresql.org/docs/current/uuid-ossp.html
--
-- The bodies are parsed here, so that they work in any schema and with any search_path.

\echo Use "CREATE EXTENSION "uuid-ossp"" to load this file. \quit

CREATE FUNCTION uuid_nil() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE
RETURN '00000000-0000-0000-0000-000000000000'::uuid;

-- The namespaces of RFC 9562, section 6.6.
CREATE FUNCTION uuid_ns_dns() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_url() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

-- A random node with the multicast bit, never this machine's network address.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid VOLATILE STRICT PARALLEL SAFE
RETURN (
  SELECT (right(stamp, 8) || substr(stamp, 4, 4) || '1' || left(stamp, 3)
    || substr(random, 17, 4)
    || lpad(to_hex(get_byte(decode(random, 'hex'), 10) | 1), 2, '0') || substr(random, 23))::uuid
  FROM (
    SELECT
      -- Units of 100 ns since 1582-10-15.
      lpad(to_hex((extract(epoch FROM clock_timestamp()) * 10000000)::bigint
        + 122192928000000000), 15, '0') AS stamp,
      replace(gen_random_uuid()::text, '-', '') AS random
  ) AS parts
);

CREATE FUNCTION uuid_generate_v1() RETURNS uuid VOLATILE STRICT PARALLEL SAFE
RETURN uuid_generate_v1mc();

CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE STRICT PARALLEL SAFE
RETURN gen_random_uuid();

CREATE FUNCTION uuid_ossp_digest(data bytea, algorithm text) RETURNS bytea
AS '$libdir/pgcrypto', 'pg_digest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION uuid_ossp_named(hash bytea, version integer) RETURNS uuid
IMMUTABLE STRICT PARALLEL SAFE
RETURN encode(
  substr(
    set_byte(
      set_byte(hash, 6, (get_byte(hash, 6) & 15) | (version << 4)),
      8, (get_byte(hash, 8) & 63) | 128),
    1, 16),
  'hex')::uuid;

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid
IMMUTABLE STRICT PARALLEL SAFE
RETURN uuid_ossp_named(
  uuid_ossp_digest(uuid_send(namespace) || convert_to(name, 'UTF8'), 'md5'), 3);

CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid
IMMUTABLE STRICT PARALLEL SAFE
RETURN uuid_ossp_named(
  uuid_ossp_digest(uuid_send(namespace) || convert_to(name, 'UTF8'), 'sha1'), 5);
