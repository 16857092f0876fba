//! `docs/contract.yaml` says what the code does: the same routes, the same problem codes.
