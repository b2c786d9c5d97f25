"""Behind TLS on real servers: refuses to start without what must be set."""

from campanile_platform.config.settings.base import *  # noqa: F403
from campanile_platform.config.settings.base import env

SECRET_KEY = env("SECRET_KEY")
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS")
DATABASE_URL = env("DATABASE_URL")
PUBLIC_SCHEME = "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # a town's other hosts are not ours to bind
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-campanile_session"  # a subdomain cannot set it
CSRF_COOKIE_NAME = "__Host-campanile_csrf"
CSRF_COOKIE_SECURE = True
GRAPHIQL = False
