"""Rival hypotheses about Singh et al. (2023), judged by what the paper reports: scripts/reproduce, docs/reproduction.md.

targets, decks, sets, units    inputs                     evaluate, checks, curves    runs, and what is read off them
score                          counts and baseline        report, figures, document   the report
base_rate, spread, predictions, derivatives, mechanisms, digitised: what stands beside the verdicts
"""
