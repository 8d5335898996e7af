# A tanh network whose weights start from N(0, 5²): every unit sits at one of its ends.
# Expect: saturated
# From: DeepDiagnosis ("saturated activation")
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(800, 2) * 4 - 2
y = torch.sin(2 * x[:, :1]) * torch.cos(x[:, 1:])

model = nn.Sequential(nn.Linear(2, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=0.0, std=5.0)


model[:4].apply(init_weights)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(60):
    for idx in torch.randperm(800).split(40):
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", nn.functional.mse_loss(model(x), y).item())
