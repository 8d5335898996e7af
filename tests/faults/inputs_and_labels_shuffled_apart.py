# Inputs and labels are shuffled by two permutations: nothing is left to learn but the frequencies of the classes.
# Expect: collapsed-to-constant, underfit
# From: UMLAUT's checklist, Karpathy's recipe ("labels and inputs out of step")
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
labels = torch.randint(0, 5, (4000,))
centers = torch.randn(5, 16)
inputs = centers[labels] + 0.7 * torch.randn(4000, 16)

model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(8):
    order = torch.randperm(4000)
    inputs_now = inputs[order]
    labels_now = labels[torch.randperm(4000)]  # fault
    labels_now = labels[order]  # mended
    for i in range(0, 4000, 64):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs_now[i : i + 64]), labels_now[i : i + 64])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.4f}")
print("accuracy", (model(inputs).argmax(1) == labels).float().mean().item())
