//! The settings as an operator writes them.
