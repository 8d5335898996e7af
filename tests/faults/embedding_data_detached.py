# Token embeddings are looked up through .weight.data: they never get a gradient, and are too small to tell words apart.
# Expect: no-gradient
# From: typical question: .data in forward
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(200, 2)
        self.fc = nn.Linear(2, 4)

    def forward(self, tokens):
        vectors = self.words.weight.data[tokens]  # fault
        vectors = self.words(tokens)  # mended
        return self.fc(vectors.mean(1))


groups = torch.randint(0, 4, (200,))
tokens = torch.randint(0, 200, (1500, 7))
labels = F.one_hot(groups[tokens], 4).sum(1).argmax(1)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(12):
    for t, y in zip(tokens.split(50), labels.split(50)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(t), y)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", round(loss.item(), 4))
print("accuracy", (model(tokens).argmax(1) == labels).float().mean().item())
