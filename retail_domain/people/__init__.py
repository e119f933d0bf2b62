"""Who may do what, where and up to which amount. Signing in and keeping secrets are not here."""
