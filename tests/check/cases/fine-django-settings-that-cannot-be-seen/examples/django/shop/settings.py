from acme_platform.settings import *
