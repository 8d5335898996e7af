# A CNN for small images ends in nn.Softmax and is trained with nn.CrossEntropyLoss, which has a softmax of its own.
# Expect: softmax-twice
# From: UMLAUT ("softmax and loss"), PyTorch forum: "loss stuck at 1.46"
import torch
import torch.nn as nn

torch.manual_seed(0)
prototypes = torch.randn(10, 1, 10, 10)
labels = torch.randint(0, 10, (2000,))
images = prototypes[labels] + 1.5 * torch.randn(2000, 1, 10, 10)

model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(16 * 25, 10),
    nn.Softmax(dim=1),  # fault
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.5)

for epoch in range(6):
    running_loss = 0.0
    for i in range(0, 1600, 32):
        optimizer.zero_grad()
        loss = criterion(model(images[i : i + 32]), labels[i : i + 32])
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print(f"[{epoch + 1}] loss: {running_loss / 50:.3f}")
with torch.no_grad():
    print("test accuracy", (model(images[1600:]).argmax(1) == labels[1600:]).float().mean().item())
