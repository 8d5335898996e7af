# StepLR counts epochs; here it is stepped after every batch, and the rate is gone within the first epoch.
# Expect: step-too-small
# From: typical question on schedulers: "loss stops falling after a few batches"
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.randn(1500, 12)
w = torch.randn(12, 4)
y = (torch.tanh(x) @ w).argmax(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 64)
        self.fc2 = nn.Linear(64, 4)
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        return self.fc2(self.drop(F.relu(self.fc1(x))))


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.3)
for epoch in range(20):
    model.train()
    for idx in torch.randperm(1500).split(50):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
        scheduler.step()  # fault
    scheduler.step()  # mended
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
model.eval()
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
