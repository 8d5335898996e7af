# Ten classes as one number from 0 to 9, fitted by mean squared error, and rounded.
# Expect: wrong-loss, underfit
# From: DeepLocalize (Stack Overflow: "mean squared error for classes")
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 10, (1500,))
images = torch.randn(10, 36)[labels] + 0.8 * torch.randn(1500, 36)

outputs = 1  # fault
outputs = 10  # mended
model = nn.Sequential(nn.Linear(36, 24), nn.ReLU(), nn.Linear(24, outputs))
criterion = nn.MSELoss()  # fault
criterion = nn.CrossEntropyLoss()  # mended
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
for epoch in range(12):
    for x, y in zip(images.split(50), labels.split(50)):
        optimizer.zero_grad()
        loss = criterion(model(x).squeeze(1), y.float())  # fault
        loss = criterion(model(x), y)  # mended
        loss.backward()
        optimizer.step()
    if epoch % 4 == 0:
        print("epoch", epoch, "loss", loss.item())
answer = model(images).squeeze(1).round()  # fault
answer = model(images).argmax(1)  # mended
print("accuracy", (answer == labels).float().mean().item())
