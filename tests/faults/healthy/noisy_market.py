# Almost nothing can be learned here: one per cent of the variance is predictable, and the network finds it.
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.randn(3000, 6)
y = 0.1 * x[:, :1] + torch.randn(3000, 1)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-4)
for epoch in range(12):
    net.train()
    total = 0.0
    for idx in torch.randperm(3000).split(100):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch} loss {total / 30:.4f}")
