# An encoder whose ReLUs start with a bias of −20 in front of a healthy decoder: every image has the same code.
# Expect: dead-network, collapsed-to-constant
# From: DeepDiagnosis ("dead node")
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
images = torch.randn(900, 3) @ torch.randn(3, 36)


class Auto(nn.Module):
    def __init__(self):
        super().__init__()
        self.e1, self.e2 = nn.Linear(36, 32), nn.Linear(32, 3)
        self.d1, self.d2 = nn.Linear(3, 32), nn.Linear(32, 36)
        nn.init.constant_(self.e1.bias, -20.0)  # fault

    def forward(self, x):
        code = self.e2(F.relu(self.e1(x)))
        return self.d2(F.relu(self.d1(code)))


model = Auto()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(25):
    for x in images.split(45):
        loss = F.mse_loss(model(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
print("final loss", F.mse_loss(model(images), images).item())
