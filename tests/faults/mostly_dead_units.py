# Biases of −2 shut nine tenths of the ReLUs; the few that are left can't fit the target.
# Expect: dead-units
# From: AutoTrainer, "dying ReLU" (in part)
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(600, 1) * 2 - 1
y = torch.sin(6 * x)

model = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 1))
nn.init.normal_(model[0].weight, std=1.0)
nn.init.uniform_(model[0].bias, -4.0, -0.5)  # fault
nn.init.uniform_(model[0].bias, -1.0, 1.0)  # mended
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
loss_fn = nn.MSELoss()
for epoch in range(100):
    for xb, yb in zip(x.split(50), y.split(50)):
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 20 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", loss_fn(model(x), y).item())
