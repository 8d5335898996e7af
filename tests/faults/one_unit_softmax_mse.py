# A spam filter over embeddings: one unit, softmax, mean squared error.
# Expect: one-class-softmax
# From: DeepDiagnosis (Stack Overflow: "model always predicts 1")
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(4)


class Spam(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(100, 12)
        self.hidden = nn.Linear(12, 24)
        self.score = nn.Linear(24, 1)

    def forward(self, mail):
        h = self.words(mail).mean(1)
        h = torch.tanh(self.hidden(h))
        return F.softmax(self.score(h), dim=1)  # fault
        return torch.sigmoid(self.score(h))  # mended


mails = torch.randint(0, 100, (1000, 15))
spam = ((mails < 8).sum(1) >= 2).float().view(-1, 1)
net = Spam()
optim = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(20):
    for mail, target in zip(mails.split(50), spam.split(50)):
        loss = F.mse_loss(net(mail), target)
        optim.zero_grad()
        loss.backward()
        optim.step()
    if epoch % 5 == 0:
        print(epoch, round(loss.item(), 4))
print("accuracy", ((net(mails) > 0.5).float() == spam).float().mean().item())
