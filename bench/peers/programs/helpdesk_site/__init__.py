"""django-helpdesk alone, installed as its documentation says."""
