"""What people fill in. A form only gathers; the action behind it decides what is right (one validation path)."""

from anlan.register.forms.enterprises import EnterpriseFilterForm, EnterpriseForm, PeopleForms, PeopleFormSet, SiteForm

__all__ = ["EnterpriseFilterForm", "EnterpriseForm", "PeopleFormSet", "PeopleForms", "SiteForm"]
