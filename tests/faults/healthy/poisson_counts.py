# Counts by nn.PoissonNLLLoss.
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.randn(1500, 4)
counts = torch.poisson(torch.exp(0.8 * x[:, 0] - 0.5 * x[:, 1] * x[:, 2] + 1))
net = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
criterion = nn.PoissonNLLLoss(log_input=True)
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(25):
    for idx in torch.randperm(1500).split(50):
        optimizer.zero_grad()
        loss = criterion(net(x[idx]).squeeze(1), counts[idx])
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
