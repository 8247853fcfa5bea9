"""Addresses of sign-in. Names that begin with ``account_`` or ``mfa_`` are those allauth asks."""

from __future__ import annotations

from django.urls import path

from droitfil.web.accounts import views

urlpatterns = [
    path("connexion", views.SignIn.as_view(), name="account_login"),
    path("connexion/courriel", views.SignIn.as_view(), name="account_request_login_code"),
    path("connexion/code", views.SignInCode.as_view(), name="account_confirm_login_code"),
    path("connexion/cle", views.SignInPasskey.as_view(), name="mfa_login_webauthn"),
    path("connexion/second", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("connexion/sans-cle", views.staff_without_key, name="staff-without-key"),
    path("connexion/encore", views.sign_in_again, name="account_reauthenticate"),
    path("connexion/ferme", views.Absent.as_view(), name="account_inactive"),
    path("inscription", views.SignUp.as_view(), name="account_signup"),
    path("inscription/code", views.SignUpCode.as_view(), name="account_email_verification_sent"),
    path("deconnexion", views.SignOut.as_view(), name="account_logout"),
    path("moi/cles", views.passkey_list, name="passkeys"),
    path("moi/cles/ajouter", views.AddPasskey.as_view(), name="passkey-add"),
    path("moi/cles/<int:number>/retirer", views.remove_passkey, name="passkey-remove"),
]
