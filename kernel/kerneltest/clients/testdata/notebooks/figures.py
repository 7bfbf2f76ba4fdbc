%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(0, 6, 50)
# %%
plt.plot(x, np.sin(x), label="sin")
plt.legend()
# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(4, 2))
left.imshow(np.arange(12).reshape(3, 4))
right.bar(["a", "b"], [1, 2])
print("drawn below")
# %%
figure
# %%
plt.hist([1, 2, 2, 3])
plt.show()
print("drawn above")
# %%
%config InlineBackend.figure_format = "retina"
plt.plot([1, 2]);
# %%
import hashlib, io
bytes_ = io.BytesIO()
figure.savefig(bytes_, format="png")
hashlib.sha256(bytes_.getvalue()).hexdigest()
# %%
import plotly.graph_objects as go
go.Figure(go.Bar(y=[1, 3, 2]))
