# Regression on a standardized table: the step of SGD is 1, and the loss is soon not a number.
# Expect: step-too-large, diverged, exploding
# From: DeepLocalize ("learning rate too large, loss nan"); shared case 4
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.randn(600, 10)
y = (X[:, 0] * X[:, 1] + X[:, 2:5].sum(1)).unsqueeze(1)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 1)

    def forward(self, x):
        return self.fc3(F.leaky_relu(self.fc2(F.leaky_relu(self.fc1(x)))))


model = Regressor()
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=0.03)  # mended
for epoch in range(100):
    for i in range(0, 600, 60):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X[i : i + 60]), y[i : i + 60])
        loss.backward()
        optimizer.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
print("final loss", F.mse_loss(model(X), y).item())
