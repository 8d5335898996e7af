# Standardizing divides by the spread of a column that is constant: inputs are not numbers from the first step on.
# Expect: diverged, constant-input
# From: DeepLocalize ("nan from the data"); shared case 46 (constant column)
import torch
import torch.nn as nn

torch.manual_seed(0)
table = torch.randn(700, 5) * torch.tensor([1.0, 10.0, 0.1, 1.0, 5.0]) + 3
table[:, 3] = 1.0
target = (table[:, :1] - 3) * 2 + (table[:, 1:2] - 3).abs() / 10
table = (table - table.mean(0)) / table.std(0)  # fault
table = (table - table.mean(0)) / (table.std(0) + 1e-8)  # mended

model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.MSELoss()
for epoch in range(30):
    for x, y in zip(table.split(50), target.split(50)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(model(table), target).item())
