# A bag-of-words classifier of twenty topics with a softmax in the module and cross-entropy outside.
# Expect: softmax-twice
# From: UMLAUT; typical question on text classification
# Held out
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
TOPICS, WORDS, LENGTH = 20, 400, 25
topic_words = torch.randint(0, WORDS, (TOPICS, 30))
topics = torch.randint(0, TOPICS, (1600,))
texts = torch.randint(0, WORDS, (1600, LENGTH))
for i in range(1600):
    texts[i, :8] = topic_words[topics[i]][torch.randint(0, 30, (8,))]
loader = DataLoader(TensorDataset(texts, topics), batch_size=32, shuffle=True)


class TextNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(WORDS, 32, mode="mean")
        self.linear = nn.Linear(32, TOPICS)
        self.softmax = nn.Softmax(dim=1)  # fault

    def forward(self, text):
        scores = self.linear(self.bag(text))
        scores = self.softmax(scores)  # fault
        return scores


net = TextNet()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    total = 0.0
    for text, topic in loader:
        loss = criterion(net(text), topic)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("epoch", epoch, "loss", total / len(loader))
print("accuracy", (net(texts).argmax(1) == topics).float().mean().item())
