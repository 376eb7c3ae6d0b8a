from shop.settings.base import *

ALLOWED_HOSTS += [".acme.example"]
