from solicit import create_app
from solicit.settings import Settings

app = create_app(Settings.from_env())
