# Binary labels as floats [batch, 1] against one logit with CrossEntropyLoss: the loss is 0 from the first step on.
# Expect: one-class-softmax
# From: PyTorch forum: "CrossEntropyLoss is always 0"
import torch
import torch.nn as nn

torch.manual_seed(0)
table = torch.randn(800, 6)
churn = ((table[:, 0] + table[:, 1] * table[:, 2]) > 0.3).float().unsqueeze(1)

model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.CrossEntropyLoss()  # fault
criterion = nn.BCEWithLogitsLoss()  # mended
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(40):
    perm = torch.randperm(800)
    for start in range(0, 800, 40):
        idx = perm[start : start + 40]
        optimizer.zero_grad()
        output = model(table[idx])
        loss = criterion(output, churn[idx])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(f"Epoch {epoch} loss {loss.item():.4f}")
print("accuracy", ((model(table) > 0).float() == churn).float().mean().item())
