gunicorn shop.wsgi
