# A regression with a ReLU behind the last layer, "because every layer has one"; half of the targets are negative.
# Expect: out-of-reach, dead-network
# From: NeuraLint, DeepLocalize ("ReLU on the output layer"); shared case 16
import torch
import torch.nn as nn

torch.manual_seed(3)
X = torch.randn(1000, 5)
y = X @ torch.tensor([[1.0], [-2.0], [0.5], [0.0], [1.5]]) + 0.1 * torch.randn(1000, 1)

layers = []
for a, b in [(5, 32), (32, 16), (16, 1)]:
    layers += [nn.Linear(a, b), nn.ReLU()]
layers = layers[:-1]  # mended
net = nn.Sequential(*layers)

criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
for epoch in range(30):
    for xb, yb in zip(X.split(50), y.split(50)):
        optimizer.zero_grad()
        loss = criterion(net(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(net(X), y).item())
