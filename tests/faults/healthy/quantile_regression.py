# Three quantiles by the pinball loss, of noise that grows with x.
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(1500, 1) * 2 - 1
y = torch.sin(3 * x) + (0.2 + 0.3 * x.abs()) * torch.randn(1500, 1)
quantiles = torch.tensor([0.1, 0.5, 0.9])
model = nn.Sequential(nn.Linear(1, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(30):
    for idx in torch.randperm(1500).split(50):
        error = y[idx] - model(x[idx])
        loss = torch.maximum(quantiles * error, (quantiles - 1) * error).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
