# Four classes as the numbers 0 to 3 in BCEWithLogitsLoss on one output: no sigmoid can answer 2 or 3.
# Expect: out-of-reach
# From: DeepLocalize (Stack Overflow: "binary cross-entropy for several classes, negative loss")
import torch
import torch.nn as nn

torch.manual_seed(0)
centers = torch.tensor([[2.0, 2.0], [-2.0, 2.0], [-2.0, -2.0], [2.0, -2.0]])
classes = torch.randint(0, 4, (800,))
points = centers[classes] + 0.7 * torch.randn(800, 2)

outputs = 1  # fault
outputs = 4  # mended
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, outputs))
criterion = nn.BCEWithLogitsLoss()
target = classes.float().unsqueeze(1)  # fault
target = nn.functional.one_hot(classes, 4).float()  # mended
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for x, y in zip(points.split(40), target.split(40)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
answer = torch.sigmoid(model(points)).round().squeeze(1)  # fault
answer = model(points).argmax(1)  # mended
print("accuracy", (answer == classes).float().mean().item())
