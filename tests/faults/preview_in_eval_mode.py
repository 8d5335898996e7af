# A preview before training sets eval mode, and nothing sets it back; the inputs are raw heights in centimeters.
# Expect: eval-mode
# From: typical question: model.eval() in a sampling or plotting function
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
heights = 170 + 10 * torch.randn(1000, 4)
z = (heights - 170) / 10
weight = (z[:, :1] * z[:, 1:2] + z[:, 2:3]) * 0.8


def preview(model):
    model.eval()
    with torch.no_grad():
        return model(heights[:3]).flatten().tolist()


model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 64), nn.BatchNorm1d(64), nn.Tanh(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
print(preview(model))
for epoch in range(30):
    model.train()  # mended
    for idx in torch.randperm(1000).split(50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(heights[idx]), weight[idx])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item(), preview(model))
model.eval()
print("final loss", nn.functional.mse_loss(model(heights), weight).item())
