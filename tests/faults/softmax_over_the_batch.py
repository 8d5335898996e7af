# Softmax over dim=0: the probabilities of one class add up to 1 over the batch, not those of one row over the classes.
# Expect: softmax-wrong-dim, softmax-twice, wrong-loss
# From: typical question: "implicit dimension choice for softmax"
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 4, (1000,))
data = torch.randn(4, 6)[labels] * 1.5 + torch.randn(1000, 6)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 32)
        self.fc2 = nn.Linear(32, 4)
        self.log_softmax = nn.LogSoftmax(dim=0)  # fault
        self.log_softmax = nn.LogSoftmax(dim=1)  # mended

    def forward(self, x):
        return self.log_softmax(self.fc2(torch.relu(self.fc1(x))))


model = Net()
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(15):
    for x, y in zip(data.split(50), labels.split(50)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print("epoch", epoch, "loss", loss.item())
answers = torch.cat([model(row.unsqueeze(0)).argmax(1) for row in data])
print("final loss", loss.item(), "accuracy", (answers == labels).float().mean().item())
