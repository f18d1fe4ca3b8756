"""solicit: calls for scientific questions, from the first submission to the ranked themes."""

from solicit import one_blas_thread  # noqa: F401 - before anything that loads numpy

# isort: split
from pathlib import Path

from flask import Flask, has_request_context, request
from flask_babel import Babel
from flask_mailman import Mail
from flask_migrate import Migrate
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from solicit import navigation
from solicit.access import guard
from solicit.api import install_api
from solicit.calls import views as calls
from solicit.calls.commands import call_commands
from solicit.db import db
from solicit.demo.commands import demo
from solicit.embeddings import views as embeddings
from solicit.embeddings.commands import model_commands
from solicit.embeddings.indexes import SEARCH_WIDTH
from solicit.invitations import views as invitations
from solicit.invitations.commands import select
from solicit.jobs import views as jobs
from solicit.jobs.commands import worker
from solicit.keys import use_ballot_key, use_travel_keys
from solicit.mail import views as mail
from solicit.operating import views as operating
from solicit.operating.commands import backup, doctor, import_commands, restore
from solicit.panels import views as panels
from solicit.panels.commands import audit_commands
from solicit.panels.commands.ballots import ballot_commands
from solicit.people import views as people
from solicit.people.commands import user
from solicit.people.commands.organizations import import_organizations
from solicit.people.commands.tokens import token
from solicit.people.queries import countries
from solicit.postgres import DatabaseUrls, database_urls
from solicit.questions import views as questions
from solicit.rankings import views as rankings
from solicit.rankings.commands import rank
from solicit.reports import views as reports
from solicit.reports.commands import export
from solicit.settings import BadSettings, Settings
from solicit.submissions import views as submissions
from solicit.topics import views as topics
from solicit.topics.commands import topic_commands
from solicit.topics.commands.analyse import analyse
from solicit.web import assets, dates, errors, headers, pages, routing, words
from solicit.web.commands import db_commands, serve
from solicit.web.counting import count_in_templates
from solicit.web.csrf import Protection
from solicit.web.files import files_dir
from solicit.web.languages import asked_language, spoken
from solicit.web.limits import limiter
from solicit.web.logs import install_logs
from solicit.web.translations import translate_in_templates

BLUEPRINTS = (
    calls.bp,
    embeddings.bp,
    invitations.bp,
    jobs.bp,
    mail.bp,
    operating.bp,
    panels.bp,
    people.bp,
    questions.bp,
    rankings.bp,
    reports.bp,
    submissions.bp,
    topics.bp,
)
COMMANDS = (
    demo,
    serve,
    worker,
    doctor,
    db_commands,
    backup,
    restore,
    user,
    token,
    call_commands,
    model_commands,
    topic_commands,
    ballot_commands,
    import_commands,
    import_organizations,
    analyse,
    rank,
    select,
    export,
    audit_commands,
)

mailer = Mail()


def create_app(settings: Settings, urls: DatabaseUrls | None = None) -> Flask:
    """The application of ``settings``; starts the embedded database unless ``urls`` are given."""
    app = Flask(
        __name__,
        template_folder=str(files_dir("templates")),
        static_folder=str(files_dir("static")),
        instance_path=str(settings.instance_dir.resolve()),
    )
    app.config.update(_flask_config(settings, urls or database_urls(settings)))
    app.extensions["settings"] = settings
    countries.rename(_country_labels(settings))
    use_ballot_key(settings.ballot_secret())
    use_travel_keys(settings.travel_secrets())
    if not settings.testing:
        install_logs(app, log_format=settings.log_format, level=settings.log_level)
    _install_web(app, settings)
    db.init_app(app)
    mailer.init_app(app)
    Migrate(app, db, directory=str(files_dir("migrations")))
    people.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    install_api(app)
    guard.public(app.view_functions["static"])
    pages.guard_templates(app)
    guard.check_every_door(app)
    return app


def _country_labels(settings: Settings) -> countries.Labels:
    try:
        return countries.read_labels(Path(settings.country_labels)) if settings.country_labels else {}
    except countries.BadLabels as error:
        raise BadSettings(f"SOLICIT_COUNTRY_LABELS: {error}") from None


DATABASE_OPTIONS = (
    "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    # Whoever reads rows in batches reads all of them.
    " -c cursor_tuple_fraction=1"
    # The index reads so many neighbours, and goes on when the filters leave too few of them.
    f" -c hnsw.ef_search={SEARCH_WIDTH} -c hnsw.iterative_scan=strict_order"
)


def _flask_config(settings: Settings, urls: DatabaseUrls) -> dict:
    cookie = "__Host-solicit" if settings.is_secure else "solicit"
    return dict(
        SECRET_KEY=settings.secret(),
        TESTING=settings.testing,
        DEBUG=False,  # whatever FLASK_DEBUG says: tracebacks are for the log
        PUBLIC_URL=settings.public_url,
        TRUSTED_HOSTS=settings.hosts,
        SESSION_COOKIE_NAME=cookie,
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WORKER_ENVIRONMENT=settings.to_env(),
        SQLALCHEMY_DATABASE_URI=urls.app,
        OWNER_DATABASE_URL=urls.owner,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # texts and addresses stay out of the log
            "connect_args": {"options": DATABASE_OPTIONS},
        },
        MAIL_BACKEND="smtp" if settings.mail_server else "file",
        MAIL_FILE_PATH=str(settings.instance_dir / "mail"),
        MAIL_SERVER=settings.mail_server or "localhost",
        MAIL_PORT=settings.mail_port,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password or None,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_TIMEOUT=10,
        MAIL_DEFAULT_SENDER=settings.mail_sender,
        RATELIMIT_STORAGE_URI=settings.limits_storage,
        RATELIMIT_HEADERS_ENABLED=True,
        # A site's own catalogues come first: of two translations of a sentence the earlier one counts.
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            filter(None, (settings.translations_dir, str(files_dir("translations"))))
        ),
    )


def _install_web(app: Flask, settings: Settings) -> None:
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.url_map.converters.update(locale=routing.locale_converter(settings.locales), id=routing.IdConverter)
    app.url_map.strict_slashes = False
    # A preprocessor of addresses: the ones after it, and every check of the request, may ask who is there.
    app.url_value_preprocessor(guard.load_identity)
    headers.limit_requests(app)
    Protection(app)
    headers.add_headers(app)  # before the limiter: what is installed first sees an answer last
    limiter.init_app(app)
    errors.install_error_pages(app)
    assets.install_assets(app)
    dates.install_dates(app)
    words.install_words(app)
    Babel(app, locale_selector=lambda: spoken(asked_language()))
    translate_in_templates(app)
    count_in_templates(app)
    brand = "Deep Space Questions" if settings.demo else "solicit"

    @app.context_processor
    def frame() -> dict:
        """The frame of a page. Letters are templates, too, but have none; nor has the answer to a foreign host."""
        if not has_request_context() or isinstance(request.routing_exception, SecurityError):
            return {}
        calls.stand_in_open_call()
        return {"page": navigation.page(brand=brand, demo=settings.demo)}

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
