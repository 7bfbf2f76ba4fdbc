import math
# %% parameters
rate = 0.1
name = "Ada"
sizes = [1, 2]
# %%
rate, name, sizes
# %%
print(math.floor(rate * 100), name.upper(), len(sizes))
