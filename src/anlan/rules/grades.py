"""Codes that several rules share."""

GRADES = {"EXTRAORDINARY": "特别重大事故", "MAJOR": "重大事故", "LARGER": "较大事故", "ORDINARY": "一般事故"}
LEVELS = {"COUNTY": "县级", "CITY": "设区的市级", "PROVINCE": "省级", "NATIONAL": "国家"}
ORDER = ("NONE", "ORDINARY", "LARGER", "MAJOR", "EXTRAORDINARY")
"""Lowest first."""

MEASURES = ("deaths", "serious_injuries", "direct_loss_wan")
KINDS = {"GENERAL": "一般", "ROAD": "道路交通", "FIRE": "火灾"}
