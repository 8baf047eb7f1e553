"""The experiments of Singh et al. (2023) run from inputs/paper, judged against what the paper reports, and shown: scripts/reproduce.

experiments  which runs there are          runner       runs them side by side
observables  what is read off the runs     targets      what the paper reports, and the parameters
verdicts     does it agree                 ablations, misses, sensitivity, uncertainty: tables from variants of the runs
panels*      the paper's figures           report       puts it all together; document: HTML and Markdown
"""
