# "element 0 of tensors does not require grad" was silenced by a new tensor with requires_grad=True.
# Expect: no-gradient
# From: typical answer gone wrong: torch.tensor(loss, requires_grad=True)
# Held out
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] > 0).long()
loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss()

for epoch in range(20):
    losses = []
    for inputs, labels in loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss = torch.tensor(loss.item(), requires_grad=True)  # fault
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print("Epoch", epoch, "Loss", sum(losses) / len(losses))
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
