# Cross-entropy weights are normalized by a count of zero, and one class has the weight inf.
# Expect: diverged
# From: DeepLocalize ("division by zero in the loss")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 3, (900,))
data = torch.randn(3, 10)[labels] + 0.6 * torch.randn(900, 10)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(15):
    for x, y in zip(data.split(45), labels.split(45)):
        counts = torch.bincount(y, minlength=4).float()
        weight = len(y) / counts  # fault
        weight = len(y) / counts.clamp(min=1)  # mended
        log_probs = torch.log_softmax(model(x), 1)
        one_hot = nn.functional.one_hot(y, 4)
        loss = -(weight * one_hot * log_probs).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
print("accuracy", (model(data).argmax(1) == labels).float().mean().item())
