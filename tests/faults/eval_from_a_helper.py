# A helper returns the model in eval mode, as for inference; the deep sigmoid network needs its batch normalization.
# Expect: eval-mode
# From: typical question: model.eval() in a loading function, model.train() forgotten
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


def build_model(inputs, classes, width=32, depth=5):
    layers = []
    for k in range(depth):
        layers += [nn.Linear(inputs if k == 0 else width, width), nn.BatchNorm1d(width), nn.Sigmoid()]
    model = nn.Sequential(*layers, nn.Linear(width, classes))
    model.eval()
    return model


labels = torch.randint(0, 6, (1200,))
data = torch.randn(6, 12)[labels] + 0.6 * torch.randn(1200, 12)
model = build_model(12, 6)
model.train()  # mended
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(12):
    for idx in torch.randperm(1200).split(60):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(data[idx]), labels[idx])
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print(f"epoch {epoch}: loss {loss.item():.4f}")
model.eval()
print("accuracy", (model(data).argmax(1) == labels).float().mean().item())
