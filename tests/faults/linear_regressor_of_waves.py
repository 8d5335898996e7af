# An nn.Sequential of three linear layers without activations on a wave.
# Expect: linear-network, underfit
# From: NeuraLint, UMLAUT ("missing non-linearity")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(800, 1) * 4 - 2
y = torch.cos(3 * x)
model = nn.Sequential(
    nn.Linear(1, 64),
    nn.Tanh(),  # mended
    nn.Linear(64, 64),
    nn.Tanh(),  # mended
    nn.Linear(64, 1),
)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(60):
    for idx in torch.randperm(800).split(40):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    if epoch % 12 == 0:
        print(epoch, loss.item())
print("final loss", nn.functional.mse_loss(model(x), y).item())
