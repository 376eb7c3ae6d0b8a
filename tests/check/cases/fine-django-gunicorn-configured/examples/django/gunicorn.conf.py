wsgi_app = "shop.wsgi"
