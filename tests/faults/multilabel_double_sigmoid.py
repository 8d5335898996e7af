# Multi-label tags of documents: sigmoid in forward, binary_cross_entropy_with_logits outside.
# Expect: softmax-twice
# From: UMLAUT; typical question on multi-label classification
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Tags(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.EmbeddingBag(120, 24, mode="sum")
        self.hidden = nn.Linear(24, 32)
        self.tags = nn.Linear(32, 6)

    def forward(self, words):
        x = F.relu(self.hidden(self.embedding(words)))
        return torch.sigmoid(self.tags(x))  # fault
        return self.tags(x)  # mended


words = torch.randint(0, 120, (1000, 20))
target = torch.stack([((words >= 20 * k) & (words < 20 * k + 6)).any(1) for k in range(6)], 1).float()
model = Tags()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(20):
    for x, t in zip(words.split(40), target.split(40)):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(x), t)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, loss.item())
print("final loss", F.binary_cross_entropy_with_logits(model(words), target).item())
