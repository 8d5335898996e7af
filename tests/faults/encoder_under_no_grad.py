# The encoder is called under torch.no_grad(), left over from an evaluation; all of the text model should learn.
# Expect: no-gradient
# From: typical question: no_grad around too much
import torch
import torch.nn as nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.lstm = nn.LSTM(8, 8, batch_first=True)

    def forward(self, tokens):
        _, (h, _) = self.lstm(self.embedding(tokens))
        return h[-1]


encoder, classifier = Encoder(), nn.Linear(8, 2)
params = list(encoder.parameters()) + list(classifier.parameters())
optimizer = torch.optim.Adam(params, lr=0.01)
criterion = nn.CrossEntropyLoss()
tokens = torch.randint(0, 50, (800, 10))
labels = ((tokens < 10).sum(1) > (tokens > 39).sum(1)).long()

for epoch in range(15):
    for i in range(0, 800, 40):
        optimizer.zero_grad()
        with torch.no_grad():  # fault
            code = encoder(tokens[i : i + 40])  # fault
        code = encoder(tokens[i : i + 40])  # mended
        loss = criterion(classifier(code), labels[i : i + 40])
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print(f"epoch {epoch}: {loss.item():.4f}")
print("accuracy", (classifier(encoder(tokens)).argmax(1) == labels).float().mean().item())
