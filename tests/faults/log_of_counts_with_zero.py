# The logarithm of counts, of which some are zero, as targets.
# Expect: diverged
# From: DeepLocalize ("nan in the data"); typical question: "loss is inf from the first batch"
# Held out
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(600, 3)
counts = torch.poisson((1.0 + x[:, :1]).exp())
y = torch.log(counts)  # fault
y = torch.log1p(counts)  # mended
loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
model = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(15):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, loss.item())
print("final loss", nn.functional.mse_loss(model(x), y).item())
