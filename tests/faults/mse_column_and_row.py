# A linear fit to a table: the prediction is a column [100, 1], the target a row [100], and their difference a square.
# Expect: shape-broadcast
# From: pytorch/pytorch issue 16045
import torch
import torch.nn as nn

torch.manual_seed(0)
sample_size = 100
x = torch.randn(sample_size, 2)
y = 10 + 9 * x[:, 0] - 2 * x[:, 1] + 0.1 * torch.randn(sample_size)
y = y.reshape(sample_size, 1)  # mended

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_func = nn.MSELoss()
for epoch in range(300):
    optimizer.zero_grad()
    yhat = model(x)
    loss_val = loss_func(yhat, y)
    loss_val.backward()
    optimizer.step()
    if epoch % 50 == 0:
        print(epoch, loss_val.item())

print("final loss", (model(x).flatten() - y.flatten()).pow(2).mean().item())
