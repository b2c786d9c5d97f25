"""Settings shared by all environments. Everything that differs between machines comes from the environment."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from campanile_infra.observability.logs import logging_settings
from campanile_infra.observability.sentry import start_sentry
from campanile_platform.config.settings.channels import lines_from, paces_from
from campanile_tenants.contract.discovery import discover

env = environ.Env()
ROOT = Path(__file__).resolve().parents[4]
STATE_FOLDER = Path(env("CAMPANILE_STATE", default=str(ROOT / ".campanile")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])  # the first seals, all open: campanile_infra.sealing
RELEASE = "0.1.0"
ENVIRONMENT = env("CAMPANILE_ENVIRONMENT", default="embedded")

# -- who answers at which host -------------------------------------------------------------------
ALLOWED_HOSTS = ["*"]  # TownMiddleware is the host check: it answers known hosts only
CENTRE_HOSTS = env.list("CENTRE_HOSTS", default=["localhost", "127.0.0.1", "centro.localhost"])
CENTRE_NAME = env("CENTRE_NAME", default="Campanile")
TOWN_HOST_SUFFIX = env("TOWN_HOST_SUFFIX", default="localhost")
PUBLIC_SCHEME = env("PUBLIC_SCHEME", default="http")
PUBLIC_PORT_SUFFIX = env("PUBLIC_PORT_SUFFIX", default="")
ROOT_URLCONF = "campanile_platform.config.urls_town"
PUBLIC_SCHEMA_URLCONF = "campanile_platform.config.urls_centre"
WSGI_APPLICATION = "campanile_platform.config.wsgi.application"

# -- apps: the path of an app says in which schema its tables are (see registry/checks.py) --------
MODULES = discover()
_PUBLIC_ONLY = [
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "campanile_tenants.public.registry",
    "campanile_tenants.public.library",
    "campanile_tenants.public.providers",
    "campanile_tenants.public.bulletins",
    "campanile_tenants.public.notices",
    "campanile_platform.centre",
    "campanile_platform.onboarding",
    "campanile_platform.gateway",
]
_BOTH = [
    "django.contrib.sessions",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "campanile_tenants.town.audit",
    "campanile_tenants.town.people",
]
_TOWN_ONLY = [
    "campanile_tenants.town.api",
    "campanile_tenants.town.delivery",
    "campanile_tenants.town.privacy",
    "campanile_tenants.town.contacts",
    "campanile_tenants.town.webhooks",
    "campanile_tenants.town.places",
    "campanile_tenants.town.site",
    "campanile_tenants.town.office",
    *MODULES,
]
_WITHOUT_TABLES = [
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "graphene_django",
    "campanile_tenants.kit",
    "campanile_graphql",
]
SHARED_APPS = [*_PUBLIC_ONLY, *_BOTH, *_WITHOUT_TABLES]
TENANT_APPS = [*_BOTH, *_TOWN_ONLY]
INSTALLED_APPS = list(
    # The kit's templates come before those of libraries; the API comes last, when every module is registered.
    dict.fromkeys(["campanile_tenants.kit", *_PUBLIC_ONLY, *_BOTH, *_TOWN_ONLY, *_WITHOUT_TABLES])
)
TENANT_MODEL = "registry.Municipality"
TENANT_DOMAIN_MODEL = "registry.Domain"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "campanile_infra.observability.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "campanile_infra.web.nulls.NullByteMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "campanile_tenants.public.registry.middleware.TownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "campanile_tenants.town.site.languages.TownLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campanile_tenants.town.people.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "campanile_tenants.public.registry.middleware.ModuleGateMiddleware",
    "campanile_tenants.town.people.middleware.PolicyMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campanile_tenants.kit.context.page",
            ]
        },
    }
]

# -- database --------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://campanile@127.0.0.1:1/campanile")}
DATABASES["default"] |= {
    "ENGINE": "campanile_infra.database.backend",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

# -- queue and cache -------------------------------------------------------------------------------
BROKER_URL = env("BROKER_URL", default="redis://127.0.0.1:1/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env("CACHE_URL", default=BROKER_URL),
        "KEY_FUNCTION": "campanile_infra.cache.town_key",
        "KEY_PREFIX": "campanile",
    }
}

# -- files -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(ROOT / "build" / "static")))
STATICFILES_DIRS = [folder for folder in [ROOT / "assets" / "dist"] if folder.exists()]
MEDIA_ROOT = STATE_FOLDER / "media"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # more than a form takes, so that it says so itself
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "campanile_infra.storage.town.TownFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if S3_BUCKET := env("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "campanile_infra.storage.town.TownS3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env("S3_ENDPOINT_URL", default=None),
            "access_key": env("S3_ACCESS_KEY_ID", default=None),
            "secret_key": env("S3_SECRET_ACCESS_KEY", default=None),
            "region_name": env("S3_REGION", default=None),
            "default_acl": None,
            "file_overwrite": False,
        },
    }

# -- what leaves the house -------------------------------------------------------------------------
DKIM_KEY_FILE = env("DKIM_KEY_FILE", default="")
DKIM_SELECTOR = env("DKIM_SELECTOR", default="campanile")
BOUNCE_DOMAIN = env("BOUNCE_DOMAIN", default="")
BOUNCE_LISTEN = env("BOUNCE_LISTEN", default="")  # host:port at which `campanile receive-mail` takes bounces
BOUNCE_PROTOCOL = env("BOUNCE_PROTOCOL", default="smtp")  # or lmtp, behind a mail server of one's own
BOUNCE_MAILBOX_URL = env("BOUNCE_MAILBOX_URL", default="")  # imaps://user:password@host/INBOX
MAIL_PACE = paces_from(env)
SPF_MECHANISMS = env("SPF_MECHANISMS", default="")  # what a town's SPF record has to name: `include:_spf.example.org`
DMARC_REPORTS = env("DMARC_REPORTS", default="")  # mailbox for reports of DMARC
DNS_SERVERS = env.list("DNS_SERVERS", default=[])  # address:port; the machine's own when left out
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=60)
VOICE_GATEWAY_SECRET = env("VOICE_GATEWAY_SECRET", default="")
SNS_TOPICS = env.list("SNS_TOPICS", default=[])  # ARNs whose notifications are believed
SENDER_LOCAL_PART = "non-rispondere"
OUTBOX_FOLDER = STATE_FOLDER / "outbox"
LOCAL_OUTBOX = env.bool("LOCAL_OUTBOX", default="EMAIL_URL" not in env.ENVIRON)
CHANNELS = lines_from(env, local=LOCAL_OUTBOX)
TELEGRAM_API = env("TELEGRAM_API_URL", default="https://api.telegram.org")
CHANNEL_PRICES = env.dict("CHANNEL_PRICES", default={})  # euro a unit by line: `aws-sms=0.045,aws-voice=0.09`
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Campanile <non-rispondere@localhost>")
EMAIL_TIMEOUT = 20
if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "campanile_infra.channels.email.local.LocalOutboxBackend"
else:
    vars().update(env.email("EMAIL_URL"))

BULLETIN_SOURCES = env.list("BULLETIN_SOURCES", default=[])  # addresses of the national bulletins as CSV or index
MAP_TILES_URL = env("MAP_TILES_URL", default="")  # `https://tiles.example.org/{z}/{x}/{y}.png`, asked by our server
MAP_TILES_CREDIT = env("MAP_TILES_CREDIT", default="")  # whom the map names as its source
FETCH_ALSO = env.list("FETCH_ALSO", default=[])  # `host:port` inside our network that editors may read feeds from

# -- people ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the address is unique whatever its case: user_email_once
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "campanile_tenants.town.people.passwords.BreachedPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "campanile_tenants.town.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",  # the key: see AccountAdapter.pre_authenticate
    "handover": "30/m/ip",
    "invitation": "20/m/ip",
    "saml": "60/m/ip",
    "token_refused": "30/m/ip",
    "code_sent": "10/m/ip,3/5m/key",
    "code_tried": "20/m/ip",
    "code_of_address": "20/m/ip,10/h/key",  # the key: the address that the code proves
    "upload": "60/m/ip",
    "rating": "20/m/ip",
    "subscribe": "20/m/ip,6/h/key",  # the key: the address that is asked for
    "break_glass": "10/m/user",
    "report": "20/h/ip",  # afterwards reports of this network are held for a look, not refused
    "me_too": "30/m/ip",
    "report_secret": "20/m/ip",
}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
BREACHED_PASSWORDS = env("BREACHED_PASSWORDS", default="")
MFA_ADAPTER = "campanile_tenants.town.people.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_SCHEME == "http"  # browsers allow it on localhost only
SPID_GATEWAY = env("SPID_GATEWAY", default="")  # https address of the gateway when it is not the centre's host
SPID_PROVIDERS = env("SPID_PROVIDERS", default="")  # folder with the metadata of the identity providers
SPID_KEY_FILE = env("SPID_KEY_FILE", default="")
SPID_CERTIFICATE_FILE = env("SPID_CERTIFICATE_FILE", default="")
SPID_AGGREGATOR = {
    "name": env("SPID_AGGREGATOR_NAME", default=CENTRE_NAME),
    "vat_number": env("SPID_AGGREGATOR_VAT_NUMBER", default="IT00000000000"),
    "tax_code": env("SPID_AGGREGATOR_TAX_CODE", default="00000000000"),
    "email": env("SPID_AGGREGATOR_EMAIL", default="spid@localhost.localdomain"),
    "phone": env("SPID_AGGREGATOR_PHONE", default="+390000000000"),
    "locality": env("SPID_AGGREGATOR_LOCALITY", default="Roma"),
}
CIE_PROVIDER = env("CIE_PROVIDER", default="")  # entity id of the CIE provider; empty: no sign-in with CIE
CIE_TRUST_ANCHOR = env("CIE_TRUST_ANCHOR", default="https://oidc.registry.servizicie.interno.gov.it")
CIE_TRUST_ANCHOR_JWKS = env("CIE_TRUST_ANCHOR_JWKS", default="")  # file with the anchor's keys, pinned
CIE_GATEWAY = env("CIE_GATEWAY", default="")  # https address of the gateway when it is not the centre's host
CIE_KEYS = env("CIE_KEYS", default="")  # folder with federation.pem, signature.pem, encryption.pem
CIE_TRUST_MARKS = env("CIE_TRUST_MARKS", default="")  # JSON file with the marks that the anchor gave the centre
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "campanile_session"
CSRF_FAILURE_VIEW = "campanile_tenants.town.people.kept.csrf_failure"
CSRF_COOKIE_NAME = "campanile_csrf"
LANGUAGE_COOKIE_NAME = "campanile_language"
ACCOUNT_SESSION_COOKIE_AGE = 12 * 3600  # once signed in; a stranger's session lasts two weeks, for her reports
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURITY_CONTACT = env("SECURITY_CONTACT", default="mailto:security@localhost")
_OWN = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [_OWN],
        "style-src": [_OWN],
        "img-src": [_OWN, "data:", "blob:"],
        "font-src": [_OWN],
        "connect-src": [_OWN],
        "manifest-src": [_OWN],
        "worker-src": [_OWN],
        "form-action": [_OWN, *env.list("FORM_ACTIONS", default=[])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, str | list[str]] = {
    "geolocation": "self", "camera": "self", "publickey-credentials-get": "self",
    "publickey-credentials-create": "self", "microphone": [], "payment": [], "usb": [], "interest-cohort": [],
}  # fmt: skip

# -- language and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English")), ("de", _("German")), ("sl", _("Slovene"))]
LOCALE_PATHS = [
    ROOT / "tenants" / "campanile_tenants" / "locale",
    ROOT / "platform" / "campanile_platform" / "locale",
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Rome"
USE_THOUSAND_SEPARATOR = True

# -- observability ---------------------------------------------------------------------------------
LOGGING = logging_settings(env("LOG_LEVEL", default="WARNING"))
start_sentry(env("SENTRY_DSN", default=""), ENVIRONMENT, RELEASE)
warnings.filterwarnings("ignore", message="No directory at", module="whitenoise.base")

GRAPHIQL = DEBUG
GRAPHQL_INTROSPECTION = DEBUG  # for anonymous; staff, machines and operators may always ask
GRAPHQL_SUGGESTIONS = DEBUG  # "Did you mean ...?" tells strangers what they could not know
GRAPHQL_STATEMENT_SECONDS = env.float("GRAPHQL_STATEMENT_SECONDS", default=5.0)
GRAPHQL_POINTS_FACTOR = env.float("GRAPHQL_POINTS_FACTOR", default=1.0)  # of the points a minute
GRAPHQL_REQUEST_SECONDS = env.float("GRAPHQL_REQUEST_SECONDS", default=10.0)
