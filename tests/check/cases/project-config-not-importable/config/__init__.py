import dynostack.environment
from dynostack.environment import Sections


class Environment(dynostack.environment.Environment):
    more: Sections
