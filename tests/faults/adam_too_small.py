# A convolutional regressor under Adam with lr=1e-7.
# Expect: step-too-small
# From: UMLAUT ("learning rate too low")
import torch
import torch.nn as nn

torch.manual_seed(0)
position = torch.rand(800, 2) * 8 + 2
grid = torch.arange(12.0)
bump = torch.exp(-((grid[None, :, None] - position[:, 0, None, None]) ** 2) / 4)
images = bump * torch.exp(-((grid[None, None, :] - position[:, 1, None, None]) ** 2) / 4)
images = images.unsqueeze(1)
target = (position - 6) / 2

net = nn.Sequential(
    nn.Conv2d(1, 8, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(16 * 9, 2),
)
opt = torch.optim.Adam(net.parameters(), lr=1e-7)  # fault
opt = torch.optim.Adam(net.parameters(), lr=1e-3)  # mended
for epoch in range(20):
    for i in range(0, 800, 40):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(images[i : i + 40]), target[i : i + 40])
        loss.backward()
        opt.step()
    if epoch % 4 == 0:
        print(f"epoch {epoch}  loss {loss.item():.5f}")
print("final loss", nn.functional.mse_loss(net(images), target).item())
