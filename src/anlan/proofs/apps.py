from django.apps import AppConfig


class ProofsConfig(AppConfig):
    name = "anlan.proofs"
    label = "proofs"
    verbose_name = "存证证明"
