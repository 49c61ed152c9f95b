"""Rasa's custom actions: one module a feature, each a thin `ClinicAction` over the module of that name in clinic/."""
