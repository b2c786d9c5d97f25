"""What the samples of flufl.bounce 6.0.0 mean for the address, read by people. HARD: only when the mail says that the
address is gone. What is named nowhere is SOFT: full, refused for its content, no reason given.
"""

HARD = {
    "bounce_02", "dsn_10", "dsn_11", "dsn_12", "dsn_13", "dsn_14", "dsn_15", "dsn_16", "dsn_18", "exim_01",
    "groupwise_01", "groupwise_02", "llnl_01", "microsoft_01", "microsoft_02", "microsoft_04", "postfix_01",
    "qmail_03", "qmail_04", "qmail_05", "simple_04", "simple_05", "simple_06", "simple_08", "simple_11",
    "simple_12", "simple_13", "simple_15", "simple_19", "simple_23", "simple_25", "simple_26", "simple_27",
    "simple_29", "simple_30", "simple_33", "simple_34", "simple_36", "simple_37", "simple_39", "simple_41",
    "simple_43", "smtp32_04", "smtp32_06", "smtp32_07", "yahoo_03", "yahoo_05", "yahoo_06", "yahoo_07",
    "yahoo_08", "yahoo_09", "yahoo_10", "yahoo_11", "yahoo_13", "yale_01",
}  # fmt: skip
DELAYED = {
    "dsn_05", "dsn_06", "dsn_07", "dsn_08", "dsn_17", "simple_03", "simple_21", "simple_22", "simple_28",
    "simple_35", "simple_40",
}  # fmt: skip
NO_BOUNCE = {"groupwise_03", "qmail_08"}
