# Knowledge distillation: KL divergence to a frozen teacher at temperature 3, and cross-entropy.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
y = torch.randint(0, 5, (1200,))
x = torch.randn(5, 12)[y] + 0.8 * torch.randn(1200, 12)
teacher = nn.Sequential(nn.Linear(12, 128), nn.ReLU(), nn.Linear(128, 5))
opt = torch.optim.Adam(teacher.parameters(), lr=2e-3)
for _ in range(6):
    for xb, yb in zip(x.split(40), y.split(40)):
        loss = F.cross_entropy(teacher(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
teacher.eval()
student = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 5))
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
T = 3.0
for epoch in range(15):
    for xb, yb in zip(x.split(40), y.split(40)):
        with torch.no_grad():
            soft = F.softmax(teacher(xb) / T, dim=1)
        logits = student(xb)
        kl = F.kl_div(F.log_softmax(logits / T, dim=1), soft, reduction="batchmean") * T * T
        loss = 0.7 * kl + 0.3 * F.cross_entropy(logits, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 3 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (student(x).argmax(1) == y).float().mean().item())
