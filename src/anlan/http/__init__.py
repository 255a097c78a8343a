"""How the house answers over HTTP: who may call what, refusals as problem+json or pages, ETags, Idempotency-Key, pages."""
